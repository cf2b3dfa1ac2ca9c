import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

/** An agent answers a comment in public, takes it back, sends it, and goes on in private. */
registry.category("web_tour.tours").add("social_inbox_answer_tour", {
    steps: () => [
        {
            content: "How we answer is read first",
            trigger: ".o_social_protocol_unread:contains('Be kind in public')",
        },
        click(".o_social_protocol_confirm"),
        {
            content: "The place says that everybody reads along",
            trigger: ".o_social_composer:has(.o_social_public) .o_social_quote:contains('Where is my parcel?')",
        },
        {
            content: "Private data is seen while one writes",
            trigger: ".o_social_text",
            run: "edit Write to help@example.org",
        },
        {
            trigger: ".o_social_sensitive:contains('help@example.org')",
        },
        {
            content: "The server does not send it either",
            trigger: ".o_social_send:enabled",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_social_held_row)) .o_social_sensitive .o_social_go_private",
        },
        {
            content: "A saved answer is two keys away",
            trigger: ".o_social_text",
            run: "edit ::parc",
        },
        {
            trigger: ".o_social_suggestion:contains('parcel')",
            run: "press Enter",
        },
        {
            content: "It speaks to her by name",
            trigger: ".o_social_text:value(/^Hello Ana, we look for it/)",
        },
        click(".o_social_preview_button"),
        {
            trigger: ".o_social_preview_text:contains('Hello Ana, we look for it')",
        },
        click(".o_social_send:enabled"),
        {
            content: "Ten seconds to take it back",
            trigger: ".o_social_held_row:contains('Hello Ana')",
        },
        click(".o_social_held_back"),
        {
            content: "The words are there again",
            trigger: "body:not(:has(.o_social_held_row)) .o_social_text:value(/^Hello Ana, we look for it/)",
        },
        click(".o_social_send:enabled"),
        click(".o_social_held_now"),
        {
            content: "It stands in the talk",
            trigger: "body:not(:has(.o_social_held_row)) main:contains('Hello Ana, we look for it')",
        },
        {
            content: "The rest is for her alone",
            trigger: ".o_social_mode[data-mode=private]",
            run: "click",
        },
        {
            trigger: ".o_social_private",
        },
        {
            trigger: ".o_social_text",
            run: "edit Which address shall we send it to? Mine is help@example.org",
        },
        click(".o_social_composer:not(:has(.o_social_sensitive)) .o_social_send:enabled"),
        click(".o_social_held_now"),
        {
            trigger: "body:not(:has(.o_social_held_row)) main:contains('Which address shall we')",
        },
    ],
});

/** What was begun is there after a reload, also on a phone. */
registry.category("web_tour.tours").add("social_inbox_draft_tour", {
    steps: () => [
        {
            trigger: ".o_social_text:value(/^Begun on the train/)",
        },
        {
            content: "Nothing is sent without words",
            trigger: ".o_social_text",
            run: "clear",
        },
        {
            trigger: ".o_social_send:disabled",
        },
    ],
});
