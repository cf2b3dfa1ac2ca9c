import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { PersonPanel } from "../person_panel";

/** What they are to us and how to speak to them, each with its reason. */
export class HabitsPanel extends Component {
    static template = "social_crm_channels.HabitsPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };
}

registry
    .category("social_crm.person_panels")
    .add("habits", { Component: HabitsPanel }, { sequence: 30 });
