import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const commands = registry.category("social_crm.inbox_commands");

commands.add(
    "give_back",
    {
        label: _t("Give back to who had it"),
        icon: "fa-reply-all",
        groups: ["more", "head"],
        isAvailable: (store) =>
            !store.selection.size &&
            Boolean(store.data.head?.writable && store.data.head.returned_from) &&
            !store.data.head.user?.id &&
            store.data.head.state !== "closed",
        run: (store) => store.act("action_give_back"),
    },
    { sequence: 24 }
);
commands.add(
    "which_rule",
    {
        label: _t("Which rule would take this?"),
        icon: "fa-flask",
        groups: ["more"],
        isAvailable: (store) => !store.selection.size && Boolean(store.data.head?.writable),
        run: (store) =>
            store.services.action.doAction("social_crm_channels.social_crm_rule_test_action", {
                additionalContext: { default_case_id: store.caseId },
            }),
    },
    { sequence: 70 }
);
