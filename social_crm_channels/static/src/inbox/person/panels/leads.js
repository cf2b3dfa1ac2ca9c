import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

/** Leads and opportunities, for those who may read them. */
export class LeadsPanel extends Component {
    static template = "social_crm_channels.LeadsPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
    }
}

registry
    .category("social_crm.person_panels")
    .add("leads", { Component: LeadsPanel }, { sequence: 60 });
