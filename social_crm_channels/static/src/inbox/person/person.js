import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { usePersonActions } from "./person_actions";

const panels = registry.category("social_crm.person_panels");

/** Who this is, on the right: the account, the contact, and panels each addon may add to. */
export class InboxPerson extends Component {
    static template = "social_crm_channels.InboxPerson";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.actions = usePersonActions();
        this.state = useState({ brokenAvatar: null });
    }

    get data() {
        return this.store.data.person;
    }
    get panels() {
        return panels.getEntries().map(([key, panel]) => ({ key, ...panel }));
    }
    get title() {
        return this.data.partner?.name || this.data.identity?.name || _t("Nobody known");
    }
    /** The contact's picture is ours; the account's is shown from its network, where that allows it. */
    get avatar() {
        const { partner, identity } = this.data;
        const url = identity?.avatar || partner?.avatar || "";
        return url !== this.state.brokenAvatar ? url : partner?.avatar || "";
    }
    get categories() {
        return this.data.partner?.categories || [];
    }
    get initial() {
        return this.title.trim().charAt(0).toUpperCase();
    }
    get buttons() {
        const { can, partner, identity } = this.data;
        return [
            can.link && !partner && ["connect", _t("Link to a contact"), "fa-link"],
            can.contact && !partner && ["createContact", _t("Create contact"), "fa-user-plus"],
            can.lead && ["createLead", _t("Create lead"), "fa-star-o"],
            can.log && ["log", _t("Log interaction"), "fa-pencil"],
            can.role && ["setRole", _t("Set role"), "fa-id-badge"],
            (partner || identity) && ["openForm", _t("Open full form"), "fa-external-link"],
        ]
            .filter(Boolean)
            .map(([name, label, icon]) => ({ name, label, icon }));
    }

    onAvatarError(ev) {
        this.state.brokenAvatar = ev.target.getAttribute("src");
    }
}
