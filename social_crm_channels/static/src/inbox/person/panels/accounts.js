import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

/** All accounts of the person with how sure we are, and on what ground they are linked. */
export class AccountsPanel extends Component {
    static template = "social_crm_channels.AccountsPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
    }

    day(moment) {
        return formatDate(deserializeDateTime(moment));
    }
}

registry
    .category("social_crm.person_panels")
    .add("accounts", { Component: AccountsPanel }, { sequence: 40 });
