import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** Keep what the queue shows now, for oneself or for a team. */
export class SaveFilterDialog extends Component {
    static template = "social_crm_channels.SaveFilterDialog";
    static components = { Dialog };
    static props = { queue: Object, close: Function };

    setup() {
        this.state = useState({ name: "", teamId: 0, isDefault: false });
        useAutofocus();
    }

    async save() {
        await this.props.queue.save({ ...this.state, name: this.state.name.trim() });
        this.props.close();
    }
}
