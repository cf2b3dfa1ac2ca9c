import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { PersonPanel } from "@social_crm_channels/inbox/person/person_panel";

const CASE = "social.crm.case";

/** What the person decided on each purpose. */
export class ConsentPanel extends Component {
    static template = "social_crm_gdpr.ConsentPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.action = useService("action");
    }

    get agreed() {
        return this.props.data.consents.filter((consent) => consent.status === "agreed").length;
    }

    day(consent) {
        const text = consent.until || consent.since;
        const when = text && formatDate(deserializeDateTime(text));
        return consent.until ? _t("until %s", when) : when || "";
    }

    press(name) {
        const { env, props } = this;
        return this.action.doActionButton({
            type: "object",
            resModel: CASE,
            name,
            resId: props.caseId,
            onClose: () => env.inbox.reload(["person", "composer"]),
        });
    }
}

registry
    .category("social_crm.person_panels")
    .add("consent", { Component: ConsentPanel }, { sequence: 45 });
