import { registry } from "@web/core/registry";

/** A stranger asks for erasure by the public form; a mistake first, which keeps what was typed. */
registry.category("web_tour.tours").add("social_privacy_request", {
    steps: () => [
        {
            content: "Say what is asked",
            trigger: "#privacy_kind",
            run: "select erasure",
        },
        {
            content: "Nobody can be found by nothing",
            trigger: "button[type=submit]:contains(Send the request)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The form says what is missing and keeps what was chosen",
            trigger: ".alert-danger:contains(Tell us a name on a network)",
        },
        {
            trigger: "#privacy_kind:has(option[value=erasure][selected])",
        },
        {
            content: "A name on a network is enough",
            trigger: "#privacy_handle",
            run: "edit @tour@example.social",
        },
        {
            trigger: "#privacy_text",
            run: "edit Молим вас, обришите све 🙏",
        },
        {
            trigger: "button[type=submit]:contains(Send the request)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The same answer for everybody",
            trigger: "h1:contains(Thank you)",
        },
    ],
});
