import { registry } from "@web/core/registry";

/** A manager plays a story on a sandbox channel. */
registry.category("web_tour.tours").add("social_crm_channels.sandbox_tour", {
    steps: () => [
        {
            content: "Open the stories",
            trigger: "button:contains(Play a Story)",
            run: "click",
        },
        {
            content: "Choose one",
            trigger: ".modal div[name=story] input",
            run: "click",
        },
        {
            content: "The one about a review",
            trigger: ".o_select_menu_item:contains(A review falls from five stars to one)",
            run: "click",
        },
        {
            content: "It says what will happen",
            trigger: ".modal div[name=about]:contains(edits it to one star)",
        },
        {
            content: "Play it",
            trigger: ".modal button[name=action_play]",
            run: "click",
        },
        {
            content: "The pretended network says how it went",
            trigger: ".o_notification:contains(forged ones refused)",
        },
        {
            content: "And the channel is there again",
            trigger: "body:not(:has(.modal)) button:contains(Play a Story)",
        },
    ],
});

/** What was told stands in the conversations, once. */
registry.category("web_tour.tours").add("social_crm_channels.sandbox_told_tour", {
    steps: () => [
        {
            content: "Open the reviewer's conversation",
            trigger: ".o_data_cell[name=identity_id]:contains(Jonas Ritter)",
            run: "click",
        },
        {
            content: "The last wording counts",
            trigger: ".o_form_view:contains(Finger weg)",
        },
    ],
});
