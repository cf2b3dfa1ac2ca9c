import { picture } from "@social_crm_base/../tests/tours/picture";
import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const ROW = ".o_social_inbox_queue [role=option]";
const POST = `${ROW}[data-key^=p]`;

/** The example shop's inbox on a desk, as the documents show it. */
tours.add("social_inbox_pictures_tour", {
    steps: () => [
        click(".o_social_queue_tools button:contains('Mine')"),
        click(`${ROW}:contains('Is the petrol jacket back?')`),
        {
            trigger: ".o_social_inbox_talk [role=article]",
        },
        picture("inbox", ".o_social_inbox_person:contains('It is not proven')"),
        click(".o_social_queue_tools button:contains('All')"),
        {
            content: "Comments under one post stand together",
            trigger: `${POST}, .o_social_queue_more`,
            run({ anchor }) {
                if (!anchor.matches(POST)) {
                    anchor.click();
                }
            },
        },
        click(POST),
        click(`${ROW}[data-level='2']`),
        {
            trigger: ".o_social_inbox_talk [role=article]",
        },
        {
            trigger: ".o_social_text",
            run: "edit Call us, or write to ana.markovic@example.com",
        },
        picture(
            "inbox_public_answer",
            ".o_social_composer .o_social_sensitive:contains('ana.markovic@example.com')"
        ),
        {
            content: "Which keys there are",
            trigger: ".o_social_inbox",
            run() {
                document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
            },
        },
        picture("inbox_keys", ".o_social_help"),
    ],
});

/** The same on a phone: one pane at a time. */
tours.add("social_inbox_phone_pictures_tour", {
    steps: () => [
        picture("inbox_phone_queue", ROW),
        click(`${ROW}:contains('Is the petrol jacket back?')`),
        picture("inbox_phone_talk", ".o_social_inbox[data-pane=talk] [role=article]"),
    ],
});
