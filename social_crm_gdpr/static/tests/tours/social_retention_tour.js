import { AGREE, click, select } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

/** A privacy clerk writes a rule, looks at what would go, and switches it on. */
registry.category("web_tour.tours").add("social_retention_tour", {
    steps: () => [
        click(".o_list_button_add"),
        {
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Words of everybody, a year",
        },
        ...select("model", "Social Interaction"),
        ...select("category", "Content"),
        {
            trigger: ".o_field_widget[name=days] input",
            run: "edit 365",
        },
        {
            content: "Before it was looked at, it cannot be switched on",
            trigger: "body:not(:has(button[name=action_put_in_force]))",
        },
        click(".o_form_button_save"),
        click("button[name=action_preview]"),
        {
            content: "The preview says how many",
            trigger: ".alert-warning:contains('records would go tonight')",
        },
        click("button[name=action_put_in_force]"),
        AGREE,
        {
            trigger: "button[name=action_back_to_draft]",
        },
    ],
});
