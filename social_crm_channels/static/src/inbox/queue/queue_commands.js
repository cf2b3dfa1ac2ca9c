import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { chooseRow } from "./queue";

const commands = registry.category("social_crm.inbox_commands");
const hasRows = (store) => store.queue.rows.length > 0;
const current = (store) => store.queue.find(store.queue.cursorKey);

commands.add(
    "next",
    { label: _t("Next case"), hotkey: "j", isAvailable: hasRows, run: (store) => store.queue.move(1) },
    { sequence: 200 }
);
commands.add(
    "previous",
    { label: _t("Previous case"), hotkey: "k", isAvailable: hasRows, run: (store) => store.queue.move(-1) },
    { sequence: 201 }
);
commands.add(
    "open",
    {
        label: _t("Open the case, or the comments below a post"),
        hotkey: "o",
        otherHotkey: "Enter",
        isAvailable: (store) => Boolean(current(store)),
        run: (store) => {
            const row = current(store);
            return row.kind === "post" ? store.queue.toggle(row) : store.open(row.id);
        },
    },
    { sequence: 202 }
);
commands.add(
    "choose",
    {
        label: _t("Choose the case, or take it back"),
        hotkey: "x",
        isAvailable: (store) => Boolean(current(store)),
        run: (store) => chooseRow(store, current(store)),
    },
    { sequence: 203 }
);
commands.add(
    "back",
    {
        label: _t("Back to the queue"),
        hotkey: "u",
        isAvailable: (store) => Boolean(store.caseId),
        run: (store) => store.close(),
    },
    { sequence: 204 }
);
commands.add(
    "search",
    { label: _t("Search the queue"), hotkey: "/", run: (store) => store.bus.trigger("focus-search") },
    { sequence: 205 }
);
