import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

/** Whom this account may belong to: decide here, see why, take it back. */
export class ProposalsPanel extends Component {
    static template = "social_crm_channels.ProposalsPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
        this.state = useState({ busy: false });
    }

    get isShown() {
        return this.props.data.proposals.length || this.props.data.undo;
    }
    get canDecide() {
        return this.props.data.can.link && !this.state.busy;
    }

    /** Two clicks are one decision: the second would find it taken. */
    async decide(id, method) {
        this.state.busy = true;
        try {
            await this.actions.decide(id, method);
        } finally {
            this.state.busy = false;
        }
    }
}

registry
    .category("social_crm.person_panels")
    .add("proposals", { Component: ProposalsPanel }, { sequence: 10 });
