import { Component, useState } from "@odoo/owl";

/** What was said, as it looks on the network. */
export class InboxTalk extends Component {
    static template = "social_crm_channels.InboxTalk";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }
}
