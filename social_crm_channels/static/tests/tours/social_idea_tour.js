import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

/** A message supports an idea there is; the idea comes true and its supporter hears of it. */
registry.category("web_tour.tours").add("social_idea_tour", {
    steps: () => [
        {
            content: "What to do with this message",
            trigger: ".o_social_talk_menu",
            run: "click",
        },
        click(".o-dropdown--menu .dropdown-item:contains('Make an idea')"),
        {
            content: "There is such an idea already",
            trigger:
                ".modal .o_field_widget[name=likely_ids] tr:contains('Tour: workshop open on Sundays') button[name=action_support]",
            run: "click",
        },
        {
            content: "It says so, with the way to it",
            trigger: ".o_notification:contains('Counted as a supporter') a:contains('Tour: workshop')",
        },
        {
            content: "The pane knows",
            trigger: "[data-panel=ideas] a:contains('Tour: workshop open on Sundays')",
            run: "click",
        },
        {
            content: "It is decided",
            trigger: ".o_form_view .o_statusbar_status button:contains('Planned')",
            run: "click",
        },
        click(".o_form_view button[name=action_tell]"),
        {
            content: "Who would be told, before anything is sent",
            trigger: ".modal .o_field_widget[name=line_ids] tr:contains('Ana')",
        },
        click(".modal button[name=action_tell]"),
        {
            trigger: ".o_notification:contains('Answers on their way: 1')",
        },
    ],
});
