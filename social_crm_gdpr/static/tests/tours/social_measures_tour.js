import { picture } from "@social_crm_base/../tests/tours/picture";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Decide something about the account that is open. */
function decide(action, reason) {
    return [
        {
            trigger: ".o_cp_action_menus button",
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu .o_menu_item:contains('${action}')`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reason] input",
            run: `edit ${reason}`,
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ];
}

/** A clerk restricts the use of somebody's data and holds it; who opens the account sees both. */
tours.add("social_measures_tour", {
    steps: () => [
        ...decide("Restrict Use", "Says the phone number is a former tenant's"),
        {
            trigger: ".alert-danger:contains('answer what they ask')",
        },
        ...decide("Legal Hold", "Claim before the arbitration board"),
        {
            trigger: ".alert-danger:contains('answer what they ask')",
        },
        {
            trigger: ".alert-warning:contains('nothing of this is erased')",
        },
        picture("privacy_restriction"),
        {
            content: "From the account to the decision that binds it",
            trigger: ".alert-danger button:contains('See Why')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('former tenant')",
        },
    ],
});

/** What keeps an erased person erased names nobody; somebody new with the same handle is let in. */
tours.add("social_suppression_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Network ID')",
        },
        {
            trigger: ".o_list_view:not(:contains('ana@example.social'))",
        },
        picture("privacy_suppression"),
        {
            trigger: ".o_data_row:contains('Handle') button[name=action_release]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It can be let in once",
            trigger: ".o_data_row:contains('Handle'):not(:has(button[name=action_release]))",
        },
    ],
});
