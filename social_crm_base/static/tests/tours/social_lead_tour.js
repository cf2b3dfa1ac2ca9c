import { click, pick } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

/** Log what was said, link the person, make a lead, answer from it, see the journey. */
registry.category("web_tour.tours").add("social_crm_base.lead_tour", {
    url: "/odoo/action-social_crm_base.social_crm_interaction_log_action",
    steps: () => [
        ...pick("channel_id", "Tour XING", "Say where it was said"),
        {
            content: "By somebody new",
            trigger: ".modal .o_field_widget[name=who] input[data-value=new]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=handle] input",
            run: "edit https://www.xing.com/profile/Tour_Ana && press Tab",
        },
        {
            content: "The link is understood",
            trigger: ".modal .o_field_widget[name=hint]:contains('XING')",
        },
        {
            trigger: ".modal .o_field_widget[name=person_name] input",
            run: "edit Ana Petrović",
        },
        {
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit Do you sell chairs?",
        },
        click(".modal button[name=action_log]"),
        {
            content: "It opens; see whose account that is",
            trigger: ".o_form_view .o_field_widget[name=identity_id] .o_form_uri",
            run: "click",
        },
        {
            content: "Link the person",
            trigger: ".o_form_view button[name=action_connect]",
            run: "click",
        },
        ...pick("partner_id", "Tour Contact"),
        click(".modal button[name=action_connect]"),
        {
            content: "It is linked; go back",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=partner_id]:contains('Tour Contact')",
        },
        click(".o_breadcrumb .o_back_button"),
        {
            content: "Make a lead of it",
            trigger: ".o_form_view button[name=action_create_lead]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input:value('Do you sell chairs?')",
        },
        click(".modal button[name=action_confirm]:contains('Create')"),
        {
            content: "The lead shows what was said",
            trigger: ".o_lead_opportunity_form a[name=social]",
            run: "click",
        },
        {
            trigger: ".o_social_journey_text:contains('Do you sell chairs?')",
        },
        {
            content: "Answer on their own channel",
            trigger: ".o_social_lead_body",
            run: "edit Yes, from fifty euros",
        },
        click(".o_social_lead_send:enabled"),
        {
            content: "It has to be sent by hand, and says so",
            trigger: ".o_social_lead_outcome:contains('send it yourself')",
        },
        click(".o_social_lead_done"),
        {
            content: "The journey holds both",
            trigger: ".o_social_journey_ours .o_social_journey_text:contains('fifty euros')",
        },
        {
            content: "The rest of the journey: the lead itself",
            trigger: "#o_social_lead_everything",
            run: "click",
        },
        {
            trigger: ".o_social_journey_lead .o_social_journey_text:contains('chairs')",
        },
    ],
});
