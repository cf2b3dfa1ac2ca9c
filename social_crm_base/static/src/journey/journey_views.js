import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Journey } from "./journey";

/** The journey on a page of a form. */
export class JourneyWidget extends Component {
    static template = "social_crm_base.JourneyWidget";
    static components = { Journey };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("social_crm_journey", { component: JourneyWidget });
