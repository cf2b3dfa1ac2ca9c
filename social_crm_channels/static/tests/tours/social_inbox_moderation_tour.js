import { picture } from "@social_crm_base/../tests/tours/picture";
import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const WORDS = ".o_social_talk_entry:contains('Buy pills'):not(.o_social_talk_look_post)";

/** Press a key on what was said, as somebody who does not use the mouse. */
function pressOn(words, key) {
    return {
        content: `Press ${key} on it`,
        trigger: words,
        async run({ anchor, press }) {
            anchor.focus();
            await press(key);
        },
    };
}

/** Somebody's comment is hidden by key with its reason, and the account banned from the menu. */
tours.add("social_inbox_moderation_tour", {
    steps: () => [
        {
            content: "The comment stands below our post",
            trigger: ".o_social_talk_look_post:contains('New bicycles')",
        },
        pressOn(WORDS, "h"),
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason_id] label:contains('Insult or hate')",
            run: "click",
        },
        picture("inbox_moderation"),
        {
            content: "Hide it",
            trigger: ".modal button[name=action_apply]:visible:contains('Hide')",
            run: "click",
        },
        {
            content: "It is on its way",
            trigger: `body:not(:has(.modal)) ${WORDS} .o_social_talk_underway:contains('Hide')`,
        },
        {
            content: "Open the menu",
            trigger: `${WORDS} .o_social_talk_menu`,
            run: "click",
        },
        {
            content: "Ban the account",
            trigger: ".o-dropdown-item:contains('Ban this account')",
            run: "click",
        },
        click(".modal .o_field_widget[name=reason_id] label:contains('Spam')"),
        click(".modal button[name=action_apply]:visible:contains('Ban')"),
        {
            content: "Back in the talk",
            trigger: `body:not(:has(.modal)) ${WORDS}`,
        },
    ],
});

/** The network has done it: it is marked, shown again by key, and the ban lifted from the log. */
tours.add("social_inbox_moderation_undo_tour", {
    steps: () => [
        {
            content: "Hidden, and why; banned",
            trigger: `${WORDS}:contains('Hidden: Insult or hate'):contains('Banned by us')`,
        },
        pressOn(WORDS, "h"),
        {
            content: "It will be shown again",
            trigger: `${WORDS} .o_social_talk_underway:contains('Unhide')`,
        },
        {
            content: "Go to the cases",
            trigger: "button[data-menu-xmlid='social_crm_base.social_crm_menu_cases']",
            run: "click",
        },
        {
            content: "Open the log",
            trigger: "[data-menu-xmlid='social_crm_channels.social_crm_moderation_menu']",
            run: "click",
        },
        {
            content: "Lift the ban",
            trigger: ".o_data_row:has([name=operation]:contains('Ban')) button[name=action_undo]",
            run: "click",
        },
        {
            content: "It is logged as well",
            trigger: ".o_data_row [name=operation]:contains('Lift a ban')",
        },
    ],
});
