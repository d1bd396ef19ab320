def card(measured, settings):
    return "# Baton default model\n"
