import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { PersonPanel } from "../person_panel";

/** Products they spoke of and, where that may be told, bought. */
export class ProductsPanel extends Component {
    static template = "social_crm_channels.ProductsPanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };
}

registry
    .category("social_crm.person_panels")
    .add("products", { Component: ProductsPanel }, { sequence: 70 });
