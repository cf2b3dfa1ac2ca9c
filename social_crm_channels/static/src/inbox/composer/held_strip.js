import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Ten seconds to take back what was sent, wherever one is in Odoo meanwhile. */
export class HeldStrip extends Component {
    static template = "social_crm_channels.HeldStrip";
    static props = {};

    setup() {
        this.held = useState(useService("social_crm_held"));
    }
}

registry.category("main_components").add("social_crm_held_strip", { Component: HeldStrip });
