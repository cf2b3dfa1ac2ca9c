import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** What can be done with all chosen cases at once. */
export class BulkBar extends Component {
    static template = "social_crm_channels.BulkBar";
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }

    get label() {
        const count = this.store.selection.size;
        return count === 1 ? _t("1 case chosen") : _t("%s cases chosen", count);
    }
    get commands() {
        return this.store.commandsOf("bulk");
    }
}
