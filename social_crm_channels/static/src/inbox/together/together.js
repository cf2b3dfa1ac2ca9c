import { Component, useEffect, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { usePresence } from "./presence";

/** Above the talk: who else is here, and which questions wait for an answer. */
export class InboxTogether extends Component {
    static template = "social_crm_channels.InboxTogether";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
        this.presence = useState(usePresence(this.env.inbox));
        useEffect(
            (caseId, names) => {
                // the queue shows it in its row
                this.store.typing = caseId && names ? { [caseId]: names.split("\n") } : {};
            },
            () => [this.store.caseId, this.presence.typing.map((one) => one.name).join("\n")]
        );
    }

    get questions() {
        return this.store.data.together?.questions || [];
    }

    get words() {
        const typing = this.presence.typing.map((one) => one.name).filter(Boolean);
        if (typing.length) {
            return typing.length === 1
                ? _t("%s is typing", typing[0])
                : _t("%s are typing", typing.join(", "));
        }
        const here = this.presence.here.map((one) => one.name).filter(Boolean);
        if (!here.length) {
            return "";
        }
        return here.length === 1
            ? _t("%s is here too", here[0])
            : _t("%s are here too", here.join(", "));
    }

    due(question) {
        return formatDate(deserializeDate(question.due));
    }

    avatar(one) {
        return `/web/image/res.users/${one.id}/avatar_128`;
    }

    openQuestion(question) {
        this.store.services.action.doAction({
            type: "ir.actions.act_window",
            res_model: "social.crm.question",
            res_id: question.question_id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}
