package io.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The help of a command. The short one fits a screen: it leaves out {@link Rare} options and shows
 * the first sentence of what the others do. The long one has everything.
 */
final class HelpText extends Help {
    private final boolean all;

    private HelpText(CommandSpec command, ColorScheme colours, boolean all) {
        super(command, colours);
        this.all = all;
    }

    /** Makes a command and its subcommands print their short help. */
    static void attach(CommandLine sluice) {
        sluice.setHelpFactory((command, colours) -> new HelpText(command, colours, false));
    }

    /** The long help of a command. */
    static String all(CommandLine command) {
        Help help = new HelpText(command.getCommandSpec(), command.getColorScheme(), true);
        Map<String, IHelpSectionRenderer> sections = command.getHelpSectionMap();
        return command.getHelpSectionKeys().stream()
                .map(sections::get)
                .filter(Objects::nonNull)
                .map(section -> section.render(help))
                .collect(Collectors.joining());
    }

    /** The required options and the operand: the others are listed below. */
    @Override
    public String synopsis(int headingLength) {
        CommandSpec command = commandSpec();
        StringBuilder line = new StringBuilder(command.qualifiedName()).append(" [OPTIONS]");
        command.options().stream()
                .filter(OptionSpec::required)
                .forEach(
                        option ->
                                line.append(' ')
                                        .append(option.longestName())
                                        .append('=')
                                        .append(option.paramLabel()));
        if (!command.subcommands().isEmpty()) {
            line.append(' ').append(command.usageMessage().synopsisSubcommandLabel());
        }
        command.positionalParameters().forEach(word -> line.append(' ').append(word.paramLabel()));
        return line.append(System.lineSeparator()).toString();
    }

    @Override
    public String optionList() {
        List<OptionSpec> options = commandSpec().options();
        return optionListExcludingGroups(
                all
                        ? options
                        : options.stream().filter(this::isUsual).map(HelpText::brief).toList());
    }

    private boolean isUsual(OptionSpec option) {
        if (commandSpec().positionalParameters().stream()
                .anyMatch(word -> word.setter().equals(option.setter()))) {
            return false; // the operand is listed
        }
        if (!(commandSpec().userObject() instanceof Subcommand)) {
            return option.usageHelp() || option.versionHelp(); // no other means anything to it
        }
        return !(option.userObject() instanceof AnnotatedElement field
                && field.isAnnotationPresent(Rare.class));
    }

    private static OptionSpec brief(OptionSpec option) {
        return OptionSpec.builder(option).description(option.description()[0]).build();
    }

    @Override
    public String parameterList() {
        return parameterList(
                commandSpec().positionalParameters().stream()
                        .map(word -> all ? word : brief(word))
                        .toList());
    }

    private static PositionalParamSpec brief(PositionalParamSpec word) {
        return PositionalParamSpec.builder(word).description(word.description()[0]).build();
    }

    @Override
    public String footer(Object... arguments) {
        String more = "'sluice help " + commandSpec().name() + " all' lists all options.";
        boolean complete = all || commandSpec().options().stream().allMatch(this::isUsual);
        boolean top = commandSpec().parent() == null;
        return super.footer(arguments) + (complete || top ? "" : more + System.lineSeparator());
    }
}
