import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Beside the composer: what the person agreed to, and one click to ask for the rest. */
export class ConsentNotice extends Component {
    static template = "social_crm_gdpr.ConsentNotice";
    static props = ["*"];

    setup() {
        this.store = useState(this.env.inbox);
        this.notification = useService("notification");
        this.state = useState({ asking: null });
    }

    get consents() {
        return this.props.model.mode === "note" ? [] : this.props.place?.consents || [];
    }
    /** @returns {string} the line with the privacy link that this answer is going to carry */
    get added() {
        return this.props.model.mode !== "note" && this.props.model.measured?.added;
    }

    isNeeded(consent) {
        return this.props.model.purpose === consent.code && !consent.may;
    }

    title(consent) {
        const day = (text) => formatDate(deserializeDateTime(text));
        if (consent.until) {
            return _t("Since %(since)s, until %(until)s", {
                since: day(consent.since),
                until: day(consent.until),
            });
        }
        return consent.since ? _t("Since %(since)s", { since: day(consent.since) }) : "";
    }

    async ask(consent) {
        this.state.asking = consent.code;
        try {
            await this.store.call("inbox_ask_consent", [this.props.place.id, consent.code]);
            this.notification.add(_t("Asked. A yes or no on this channel is noted by itself."), {
                type: "success",
            });
        } finally {
            this.state.asking = null;
            await this.store.reload();
        }
    }
}

registry
    .category("social_crm.composer_notices")
    .add("consent", { Component: ConsentNotice, sequence: 40 });
