import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { usePersonActions } from "../person_actions";
import { PersonPanel } from "../person_panel";

const WAYS = {
    action_send_code: _t("Send a code by e-mail"),
    action_send_code_by_phone: _t("Send a code by SMS"),
};

/** Orders, invoices and addresses: locked until it is proven who writes, then ready to tell. */
export class DisclosurePanel extends Component {
    static template = "social_crm_channels.DisclosurePanel";
    static components = { PersonPanel };
    static props = { data: Object, caseId: Number };

    setup() {
        this.actions = usePersonActions();
    }

    get disclosure() {
        return this.props.data.disclosure;
    }
    get title() {
        return this.disclosure.kinds.join(", ");
    }
    get isEmpty() {
        const { orders, invoices, addresses } = this.disclosure;
        return !orders.length && !invoices.length && !addresses.length;
    }
    get documents() {
        const { orders, invoices } = this.disclosure;
        return [
            ...orders.map((order) => ({ ...order, model: "sale.order" })),
            ...invoices.map((invoice) => ({ ...invoice, model: "account.move" })),
        ];
    }

    wayLabel(way) {
        return WAYS[way.method];
    }
}

registry
    .category("social_crm.person_panels")
    .add("disclosure", { Component: DisclosurePanel }, { sequence: 20 });
