import { Component, markup, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Journey } from "../journey/journey";

const CONVERSATIONS = ["interaction"];

/** What the person of a lead said and was told, and an answer on their own channel. */
export class LeadSocial extends Component {
    static template = "social_crm_base.LeadSocial";
    static components = { Journey };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            places: [],
            placeId: false,
            body: "",
            sending: false,
            outcome: null,
            revision: 0,
            everything: false,
        });
        onWillStart(() => this.loadPlaces());
    }

    async loadPlaces() {
        if (!this.props.record.resId) {
            return;
        }
        this.state.places = await this.orm.call("crm.lead", "social_reply_places", [
            this.props.record.resId,
        ]);
        const open = this.state.places.find((place) => place.can_reply) || this.state.places[0];
        this.state.placeId = open ? open.id : false;
    }

    get place() {
        return this.state.places.find((place) => place.id === Number(this.state.placeId));
    }
    get protocol() {
        // Sanitised where it is stored: a field for colleagues' HTML.
        return markup(this.place.protocol);
    }
    get canSend() {
        return Boolean(this.place?.can_reply && this.state.body.trim() && !this.state.sending);
    }
    get types() {
        return this.state.everything ? undefined : CONVERSATIONS;
    }

    async send() {
        if (!this.canSend) {
            return;
        }
        this.state.sending = true;
        this.state.outcome = null;
        try {
            this.state.outcome = await this.orm.call("crm.lead", "action_social_reply", [
                this.props.record.resId,
                this.place.id,
                this.state.body,
            ]);
            this.state.body = "";
            this.state.revision++;
        } finally {
            this.state.sending = false;
        }
    }

    async markDone() {
        await this.orm.call("social.crm.outbox", "action_done_by_hand", [[this.state.outcome.id]]);
        this.state.outcome = null;
        this.state.revision++;
    }

    async copyWords() {
        await navigator.clipboard.writeText(this.state.outcome.body);
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            return this.send();
        }
    }
}

registry.category("view_widgets").add("social_crm_lead_social", { component: LeadSocial });
