import { Component, useEffect, useExternalListener, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";

/**
 * Beside the answer one writes: a colleague was quicker.
 *
 * What came before one began to write is on the screen; what comes after needs a warning.
 */
export class MeanwhileNotice extends Component {
    static template = "social_crm_channels.MeanwhileNotice";
    static props = ["*"];

    setup() {
        this.store = useState(this.env.inbox);
        this.state = useState({ answers: [] });
        this.seenId = 0;
        this.isWriting = false;
        useBus(this.env.inbox.bus, "sent", () => this.startOver());
        useExternalListener(window, "input", (ev) => {
            if (ev.target.closest?.(".o_social_inbox_talk")) {
                this.isWriting = true;
            }
        });
        useEffect(
            () => this.startOver(),
            () => [this.store.caseId]
        );
        useEffect(
            (newestId) => {
                this.look(newestId);
            },
            () => [this.store.data.together?.newest_id]
        );
    }

    startOver() {
        this.isWriting = false;
        this.state.answers = [];
        this.seenId = this.store.data.together?.newest_id || 0;
    }

    async look(newestId) {
        if (!newestId || newestId <= this.seenId) {
            return;
        }
        if (!this.isWriting || !this.seenId) {
            this.seenId = newestId;
            return;
        }
        const caseId = this.store.caseId;
        const found = await this.store.call("inbox_meanwhile", [this.seenId]);
        if (caseId === this.store.caseId) {
            this.state.answers = found ? found.answers : [];
        }
    }

    dismiss() {
        this.seenId = this.store.data.together?.newest_id || this.seenId;
        this.state.answers = [];
    }
}

registry
    .category("social_crm.composer_notices")
    .add("meanwhile", { Component: MeanwhileNotice, sequence: 10 });
