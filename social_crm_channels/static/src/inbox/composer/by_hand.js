import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

/** Answers a person still has to say on the network: copy, go there, tick off. */
export class ComposerByHand extends Component {
    static template = "social_crm_channels.ComposerByHand";
    static props = { rows: Array };

    setup() {
        this.store = useState(this.env.inbox);
        this.orm = useService("orm");
        this.state = useState({ copied: false, busy: false });
    }

    async copy(row) {
        await browser.navigator.clipboard.writeText(row.text);
        this.state.copied = row.id;
    }

    async done(row) {
        await this.settle(() =>
            this.orm.call("social.crm.outbox", "action_done_by_hand", [[row.id]])
        );
    }

    async takeBack(row) {
        await this.settle(() => this.store.call("inbox_take_back", [row.id]));
        this.store.bus.trigger("draft-changed", { id: this.store.caseId });
    }

    async settle(act) {
        this.state.busy = true;
        try {
            await act();
            await this.store.changed([this.store.caseId]);
        } finally {
            this.state.busy = false;
        }
    }
}
