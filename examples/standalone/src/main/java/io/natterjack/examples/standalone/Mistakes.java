package io.natterjack.examples.standalone;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What is found to be wrong with an option only when it is used: the mistake names the option all the same. */
record Mistakes(CommandLine parser) {
    /** Uses a file. */
    @FunctionalInterface
    interface FileUse<T> {
        /** Uses {@code file}. */
        T use(Path file) throws IOException;
    }

    ParameterException mistake(String message) {
        return new ParameterException(parser, message);
    }

    /**
     * Returns what {@code use} does with the value of {@code option}.
     *
     * @throws ParameterException if it says that the value is wrong
     */
    <T> T of(String option, Supplier<T> use) {
        try {
            return use.get();
        } catch (IllegalArgumentException wrong) {
            throw mistake(option + ": " + wrong.getMessage());
        }
    }

    /** Returns the address with the password that is in its file, if it has one. */
    String uriOf(Settings.RedisAddress address) {
        return address.passwordFile()
                .map(file -> address.with(reading("--redis-password-file", file, Files::readString)
                        .stripTrailing()))
                .orElse(address.uri());
    }

    /**
     * Returns what {@code use} does with the file that {@code option} names.
     *
     * @throws ParameterException if it can't
     */
    <T> T reading(String option, Path file, FileUse<T> use) {
        try {
            return use.use(file);
        } catch (NoSuchFileException none) {
            throw mistake(option + " " + file + ": there is no such file");
        } catch (FileAlreadyExistsException taken) {
            throw mistake(option + " " + file + " is a file, not a directory");
        } catch (AccessDeniedException forbidden) {
            throw mistake(option + " " + file + ": this user may not use it");
        } catch (IOException failure) {
            if (Files.isDirectory(file)) {
                throw mistake(option + " " + file + " is a directory, not a file");
            }
            throw mistake(option + " " + file + ": " + failure);
        }
    }
}
