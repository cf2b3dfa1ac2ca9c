import { pick, select } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

const more = (command) => [
    { content: "open the menu of the case", trigger: ".o_social_head_more", run: "click" },
    { content: command, trigger: `.dropdown-item[data-command=${command}]`, run: "click" },
];

registry.category("web_tour.tours").add("social_together", {
    steps: () => [
        { content: "the case is open", trigger: ".o_social_talk:contains(Where is my parcel)" },
        ...more("ask"),
        ...pick("user_id", "Bob Lager", "ask a colleague"),
        { trigger: ".modal [name=text] textarea", run: "edit Is it packed?" },
        { trigger: ".modal button[name=action_ask]", run: "click" },
        {
            content: "the open question stands above the talk, and in it",
            trigger: ".o_social_together_questions:contains(Is it packed)",
        },
        { trigger: ".o_social_talk .o_social_question:contains(Is it packed)" },
        ...more("macro"),
        ...pick("macro_id", "Parcel lost", "choose the macro"),
        { content: "see what it does", trigger: ".modal [name=preview]:contains(We look for it)" },
        { trigger: ".modal button[name=action_run]", run: "click" },
        {
            content: "its answer stands in the talk",
            trigger: ".o_social_talk:contains(We look for it)",
        },
        {
            content: "snooze until tomorrow",
            trigger: ".o_social_head [data-command=snooze]",
            run: "click",
        },
        { trigger: ".modal button[name=action_snooze]", run: "click" },
        { content: "the dialog is gone", trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("social_goodwill", {
    steps: () => [
        { content: "the case is open", trigger: ".o_social_talk:contains(Where is my parcel)" },
        ...more("goodwill"),
        ...select("program", "Sorry card", "what can be given comes from the app Loyalty"),
        { trigger: ".modal .o_field_widget[name=points] input", run: "edit 15" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit The parcel was lost" },
        { trigger: ".modal button[name=action_give]", run: "click" },
        {
            content: "it stands in the talk",
            trigger: "body:not(:has(.modal)) .o_social_talk .o_social_goodwill:contains(The parcel was lost)",
        },
        {
            content: "and its code in the answer",
            trigger: ".o_social_text:value(/Sorry card|[0-9a-f]{4}-/)",
        },
    ],
});
