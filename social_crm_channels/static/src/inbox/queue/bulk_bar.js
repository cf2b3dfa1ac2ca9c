import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

const BUTTONS = 4;

/** What can be done with all chosen cases at once. */
export class BulkBar extends Component {
    static template = "social_crm_channels.BulkBar";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.store = useState(this.env.inbox);
    }

    get label() {
        const count = this.store.selection.size;
        return count === 1 ? _t("1 case chosen") : _t("%s cases chosen", count);
    }
    /** All of them, the most usual first. */
    get commands() {
        const commands = this.store.commandsOf("bulk");
        return [...commands.filter((one) => one.isPrimary), ...commands.filter((one) => !one.isPrimary)];
    }
    get buttons() {
        return this.commands.slice(0, BUTTONS);
    }
    get menu() {
        return this.commands.slice(BUTTONS);
    }
}
