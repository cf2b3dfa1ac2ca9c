import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";

/** Every command with its key, as the registry has them. */
export class HelpDialog extends Component {
    static template = "social_crm_channels.HelpDialog";
    static components = { Dialog };
    static props = { close: Function };

    get commands() {
        return registry
            .category("social_crm.inbox_commands")
            .getEntries()
            .filter(([, command]) => command.hotkey)
            .map(([key, command]) => ({ key, ...command }));
    }

    /** What the keys do where one word of the talk has the focus: each key once. */
    get talkActions() {
        const byKey = new Map();
        for (const [, action] of registry.category("social_crm.talk_actions").getEntries()) {
            if (action.hotkey) {
                byKey.set(action.hotkey, [...(byKey.get(action.hotkey) || []), action.label]);
            }
        }
        return [...byKey].map(([hotkey, labels]) => ({ hotkey, label: labels.join(" / ") }));
    }
}
