import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const commands = registry.category("social_crm.inbox_commands");

commands.add(
    "note",
    {
        label: _t("Write an internal note"),
        hotkey: "n",
        isAvailable: (store) => Boolean(store.data.composer?.can_write),
        run: (store) => store.bus.trigger("focus-composer", { mode: "note" }),
    },
    { sequence: 12 }
);
