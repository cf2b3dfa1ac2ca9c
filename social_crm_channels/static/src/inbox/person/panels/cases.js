import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

/** Other matters of the same person, open ones first. */
export class CasesPanel extends Component {
    static template = "social_crm_channels.CasesPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
    }

    day(moment) {
        return moment ? formatDate(deserializeDateTime(moment)) : "";
    }
}

registry
    .category("social_crm.person_panels")
    .add("cases", { Component: CasesPanel }, { sequence: 50 });
