import { picture } from "@social_crm_base/../tests/tours/picture";
import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A new colleague answers: it waits, and they see that it does. */
tours.add("social_inbox_approval_ask_tour", {
    steps: () => [
        {
            trigger: ".o_social_text",
            run: "edit It comes tomorow",
        },
        click(".o_social_send:enabled"),
        {
            content: "It waits for somebody else",
            trigger: ".o_social_approval:contains('Your answer waits'):contains('It comes tomorow')",
        },
        {
            content: "The talk says so too",
            trigger: ".o_social_talk_entry:contains('It comes tomorow'):contains('Waits for approval')",
        },
        {
            content: "Nobody approves their own words",
            trigger: ".o_social_approval:not(:has(.o_social_approval_approve))",
        },
    ],
});

/** The team leader sees what happened meanwhile, mends the words and lets them go. */
tours.add("social_inbox_approval_decide_tour", {
    steps: () => [
        {
            content: "The customer wrote again since",
            trigger: ".o_social_approval_meanwhile:contains('Any news?')",
        },
        picture("inbox_approval"),
        click(".o_social_approval_change"),
        {
            trigger: ".o_social_approval textarea",
            run: "edit It comes tomorrow before noon.",
        },
        click(".o_social_approval_confirm:enabled"),
        {
            content: "It no longer waits, and stands in the talk as it is sent",
            trigger:
                "body:not(:has(.o_social_approval)) .o_social_talk_entry:contains('It comes tomorrow before noon.')",
        },
    ],
});

/** There is an hour to answer, and the head of the case counts it down. */
tours.add("social_inbox_in_time_tour", {
    steps: () => [
        {
            trigger: ".o_social_head_deadline:not(.text-bg-danger)",
        },
        {
            content: "Nobody was alarmed",
            trigger: ".o_social_head:not(:has(.o_social_head_priority[aria-label='Urgent']))",
        },
    ],
});

/** An hour later. What is overdue is in sight: in the queue's view, at the head of the case, and as a to-do. */
tours.add("social_inbox_breach_tour", {
    steps: () => [
        {
            trigger: ".o_social_head_deadline.text-bg-danger:contains('Overdue')",
        },
        {
            content: "It was escalated: urgent",
            trigger: ".o_social_head_priority[aria-label='Urgent']",
        },
        {
            content: "It waits among what is overdue",
            trigger: ".o_social_queue_other:has(.o_social_queue_alarm)",
            run: "click",
        },
        click(".o-dropdown-item:contains('Overdue')"),
        picture("inbox_overdue", ".o_social_inbox_queue [role=option]:contains('Where is my bicycle?')"),
    ],
});
