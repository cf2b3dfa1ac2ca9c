import { registry } from "@web/core/registry";

const openIs = (name) => `.o_social_inbox[data-pane=talk] .o_social_head_name:value(${name})`;

/** The queue with the keyboard alone: to a case, through it, to the next. */
registry.category("web_tour.tours").add("social_inbox_queue_tour", {
    steps: () => [
        {
            content: "The app opens with the inbox, and the inbox with a view that holds work",
            trigger: ".o_social_queue_view.active:contains(Unassigned)",
        },
        {
            content: "Comments below one post are one row",
            trigger: ".o_social_queue_row:contains(3 comments):contains(We open on Sundays)",
        },
        { content: "Who waits longest stands first", trigger: ".o_social_queue_row:first:contains(Ana)", run: "press k" },
        { content: "The row has the focus", trigger: ".o_social_queue_row:focus:contains(Ana)", run: "press j" },
        { trigger: ".o_social_queue_row:focus:contains(Budi)", run: "press Enter" },
        { content: "The case opens", trigger: openIs("Where is my parcel?") },
        {
            content: "A link leads back here",
            trigger: ".o_social_queue_row[aria-current=true]:contains(Budi)",
            run() {
                const asked = new URLSearchParams(location.search).get("case");
                if (asked !== this.anchor.dataset.caseId) {
                    throw new Error(`The address names case ${asked}`);
                }
            },
        },
        { content: "No answer needed", trigger: ".o_social_queue_row:focus:contains(Budi)", run: "press Shift+N" },
        { content: "The next case opens by itself", trigger: openIs("Do you open on Monday?") },
        { trigger: ".o_social_inbox_queue:not(:contains(Budi))", run: "press /" },
        { content: "Search", trigger: ".o_social_queue_search:focus", run: "edit voucher" },
        { trigger: ".o_social_queue_rows:not(:contains(Citra)) .o_social_queue_row:contains(Dewi)" },
        { trigger: ".o_social_queue_search", run: "press Enter" },
        { content: "Enter leads into the list", trigger: ".o_social_queue_row:focus:contains(Dewi)", run: "press x" },
        { content: "One case is chosen", trigger: ".o_social_bulk:contains(1 case chosen)", run: "press x" },
        { trigger: "body:not(:has(.o_social_bulk))", run: "press /" },
        { trigger: ".o_social_queue_search:focus", run: "press Escape" },
        { content: "All are there again", trigger: ".o_social_queue_row:contains(Citra)", run: "press Escape" },
        { content: "Escape leaves the search", trigger: "body:not(:has(.o_social_queue_search:focus))", run: "press ?" },
        { content: "All keys, from the registry", trigger: ".modal .o_social_help:contains(Search the queue)", run: "press Escape" },
        { trigger: "body:not(:has(.modal)) .o_social_head_name", run: "press u" },
        { content: "Back in the queue", trigger: ".o_social_inbox_none" },
    ],
});

/** The same on a phone: one pane at a time, and always a way back. */
registry.category("web_tour.tours").add("social_inbox_phone_tour", {
    steps: () => [
        { trigger: ".o_social_queue_row:contains(Ana)", run: "click" },
        { content: "The talk takes the screen", trigger: openIs("Ćao, imate li kacigu?") },
        {
            content: "The queue is out of the way",
            trigger: ".o_social_inbox:not(:has(.o_social_inbox_queue:visible))",
        },
        { trigger: ".o_social_inbox_switch button:contains(Person)", run: "click" },
        { content: "Who this is", trigger: ".o_social_inbox_person:visible .o_social_person" },
        { trigger: ".o_social_inbox_switch button:contains(Talk)", run: "click" },
        { trigger: ".o_social_head_back", run: "click" },
        { content: "Back in the queue", trigger: ".o_social_inbox_queue:visible .o_social_queue_row:contains(Ana)" },
        { content: "A tap on the picture chooses", trigger: ".o_social_queue_row:contains(Ana) .o_social_queue_avatar", run: "click" },
        { trigger: ".o_social_bulk:contains(1 case chosen)" },
        {
            content: "Nothing is wider than the phone",
            trigger: ".o_social_inbox",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The page scrolls sideways");
                }
            },
        },
    ],
});
