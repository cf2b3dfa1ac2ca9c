import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Journey } from "./journey";

/** The journey on a page of a form. */
export class JourneyWidget extends Component {
    static template = "social_crm_base.JourneyWidget";
    static components = { Journey };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("social_crm_journey", { component: JourneyWidget });

/** The journey on a screen of its own, opened by a smart button. */
export class JourneyAction extends Component {
    static template = "social_crm_base.JourneyAction";
    static components = { Journey, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        const { context, params } = this.props.action;
        // After a reload of the browser only the parameters in the address are left.
        this.resModel = params?.res_model || context.active_model;
        this.resId = params?.res_id || context.active_id;
        this.props.updateActionState({ res_model: this.resModel, res_id: this.resId });
        this.display = { controlPanel: {} };
    }
}

registry.category("actions").add("social_crm_journey", JourneyAction);
