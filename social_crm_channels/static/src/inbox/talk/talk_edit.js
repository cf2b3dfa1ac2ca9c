import { Component, useState } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";

/** Change what we said: the network keeps the place, we keep the earlier words. */
export class TalkEditDialog extends Component {
    static template = "social_crm_channels.TalkEditDialog";
    static components = { Dialog };
    static props = { body: String, save: Function, close: Function };

    setup() {
        this.state = useState({ text: this.props.body, isSaving: false });
        useAutofocus({ refName: "text" });
    }

    get isReady() {
        const text = this.state.text.trim();
        return text && text !== this.props.body.trim() && !this.state.isSaving;
    }

    async save() {
        this.state.isSaving = true;
        try {
            await this.props.save(this.state.text.trim());
            this.props.close();
        } finally {
            this.state.isSaving = false;
        }
    }
}
