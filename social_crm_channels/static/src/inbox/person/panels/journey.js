import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { JOURNEY_MODEL } from "@social_crm_base/journey/journey";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

const LIMIT = 5;
const { DateTime } = luxon;

/** The last steps of the journey, read only when somebody unfolds it. */
export class JourneyPanel extends Component {
    static template = "social_crm_channels.JourneyPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.orm = useService("orm");
        this.actions = usePersonActions();
        this.state = useState({ entries: [], notice: "", more: false, status: "" });
        this.load = this.load.bind(this);
    }

    async load() {
        this.state.status = "loading";
        try {
            const page = await this.orm.silent.call(
                JOURNEY_MODEL,
                "get_page",
                ["social.crm.case", this.props.caseId],
                { limit: LIMIT }
            );
            const { entries, notice, cursor } = page;
            Object.assign(this.state, { entries, notice, more: Boolean(cursor), status: "ready" });
        } catch (error) {
            this.state.status = "failed";
            throw error;
        }
    }

    day(entry) {
        // What knows only its day is that day everywhere.
        const moment = entry.is_day ? DateTime.fromSQL(entry.date) : deserializeDateTime(entry.date);
        return formatDate(moment);
    }
}

registry
    .category("social_crm.person_panels")
    .add("journey", { Component: JourneyPanel }, { sequence: 80 });
