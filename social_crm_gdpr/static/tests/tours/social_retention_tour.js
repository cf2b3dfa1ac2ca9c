import { registry } from "@web/core/registry";

/** A privacy clerk writes a rule, looks at what would go, and switches it on. */
registry.category("web_tour.tours").add("social_retention_tour", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Words of everybody, a year",
        },
        {
            trigger: ".o_field_widget[name=model] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Social Interaction')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=category] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Content')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=days] input",
            run: "edit 365",
        },
        {
            content: "Before it was looked at, it cannot be switched on",
            trigger: "body:not(:has(button[name=action_put_in_force]))",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "The preview says how many",
            trigger: ".alert-warning:contains('records would go tonight')",
        },
        {
            trigger: "button[name=action_put_in_force]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            trigger: "button[name=action_back_to_draft]",
        },
    ],
});
