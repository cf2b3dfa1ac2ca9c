import { Component, useEffect, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";

import { useClock } from "../inbox_clock";

const MODEL = "social.crm.approval";

/** Answers in this case that wait until somebody else has read them. */
export class ApprovalNotice extends Component {
    static template = "social_crm_channels.ApprovalNotice";
    static props = ["*"];

    setup() {
        this.store = useState(this.env.inbox);
        this.clock = useClock();
        this.orm = useService("orm");
        this.notification = useService("notification");
        // What is being changed or rejected: {id, decision, text, reason}
        this.state = useState({ open: null, isBusy: false });
        useAutofocus({ refName: "words" });
        useEffect(
            () => this.close(),
            () => [this.store.caseId]
        );
    }

    get approvals() {
        return this.store.data.approvals || [];
    }

    /** @returns {string} what happens with it, for who looks at it */
    words(approval) {
        return approval.is_mine
            ? _t("Your answer waits until a colleague has read it")
            : _t("An answer of %s waits for approval", approval.author.name);
    }

    expiry(approval) {
        if (!approval.expires_at) {
            return null;
        }
        const until = deserializeDateTime(approval.expires_at);
        return {
            words: _t("expires %s", until.toRelative({ base: this.clock.now, style: "short" })),
            title: formatDateTime(until),
            isNear: until.diff(this.clock.now).as("hours") < 2,
        };
    }

    isOpen(approval, decision) {
        return this.state.open?.id === approval.id && this.state.open.decision === decision;
    }

    open(approval, decision) {
        this.state.open = { id: approval.id, decision, text: approval.body, reason: "" };
    }

    close() {
        this.state.open = null;
    }

    get isReady() {
        const { decision, text, reason } = this.state.open;
        return Boolean((decision === "change" ? text : reason).trim());
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.close();
        } else if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey) && this.isReady) {
            ev.preventDefault();
            this.confirm();
        }
    }

    confirm() {
        const { id, decision, text, reason } = this.state.open;
        return this.decide(id, decision, decision === "change" ? text : false, reason || false);
    }

    /**
     * @param {number} id of the approval
     * @param {string} decision approve, change or reject
     * @param {string|false} [text] the new wording
     * @param {string|false} [reason] what its author is told
     */
    async decide(id, decision, text = false, reason = false) {
        await this.act(() => this.orm.call(MODEL, "inbox_decide", [[id], decision, text, reason]));
        this.notification.add(
            decision === "reject" ? _t("Rejected; its author is told why.") : _t("Approved."),
            { type: "success" }
        );
    }

    takeBack(approval) {
        return this.act(() =>
            this.orm.call("social.crm.outbox", "action_take_back", [[approval.outbox_id]])
        );
    }

    async act(call) {
        const caseId = this.store.caseId;
        this.state.isBusy = true;
        try {
            await call();
            this.close();
        } finally {
            this.state.isBusy = false;
            await this.store.changed([caseId], true);
        }
    }
}

registry
    .category("social_crm.composer_notices")
    .add("approval", { Component: ApprovalNotice, sequence: 5 });
