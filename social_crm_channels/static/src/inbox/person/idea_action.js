import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Make an idea of what a customer said, or count them as a supporter of one there is. */
registry.category("social_crm.talk_actions").add(
    "idea",
    {
        label: _t("Make an idea"),
        icon: "fa-lightbulb-o",
        group: "work",
        isAvailable: (entry, store) =>
            entry.direction === "in" && Boolean(store.data.person?.can.idea),
        run: async (entry, store) => {
            const { orm, action } = store.services;
            const dialog = await orm.call("social.crm.interaction", "action_make_idea", [[entry.id]]);
            await action.doAction(dialog, { onClose: () => store.reload(["person"]) });
        },
    },
    { sequence: 34 }
);
