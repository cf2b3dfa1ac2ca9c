import { Component, markup, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** How we answer here: to be confirmed first where it must be, else one click away. */
export class ComposerProtocol extends Component {
    static template = "social_crm_channels.ComposerProtocol";
    static props = { place: Object, unread: Array, isOpen: Boolean };

    setup() {
        this.store = useState(this.env.inbox);
        this.orm = useService("orm");
        this.state = useState({ busy: false });
    }

    /** Sanitised where it is stored: fields for leaders' HTML. */
    html(words) {
        return markup(words || "");
    }

    async confirm(protocol) {
        this.state.busy = true;
        try {
            await this.orm.call("social.crm.protocol", "action_confirm_read", [[protocol.id]], {
                version: protocol.version,
            });
            await this.store.reload(["composer"]);
        } finally {
            this.state.busy = false;
        }
    }
}
