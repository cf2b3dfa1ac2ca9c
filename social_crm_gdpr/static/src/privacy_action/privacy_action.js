import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** One click on what somebody wrote makes a privacy request of it; its clock began with the words. */
registry.category("social_crm.talk_actions").add(
    "privacy_request",
    {
        label: _t("Privacy request"),
        icon: "fa-shield",
        group: "work",
        isAvailable: (entry) =>
            entry.direction === "in" && Boolean(entry.can?.includes("privacy_request")),
        run: async (entry, store) => {
            const { orm, action } = store.services;
            const dialog = await orm.call("social.crm.interaction", "action_privacy_request", [
                [entry.id],
            ]);
            await action.doAction(dialog, { onClose: () => store.reload(["person"]) });
        },
    },
    { sequence: 36 }
);
