import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

/** Ideas they support, and what became of them. */
export class IdeasPanel extends Component {
    static template = "social_crm_channels.IdeasPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
    }
}

registry
    .category("social_crm.person_panels")
    .add("ideas", { Component: IdeasPanel }, { sequence: 75 });
