package io.natterjack.core.spi;

import io.natterjack.core.Value;
import java.util.List;

/** One generation of a fence, under which its holder appends until somebody {@linkplain MessageStore#raiseFence raises} it. */
public final class Fence extends Value {
    private final String name;
    private final long generation;

    /**
     * Makes a fence.
     *
     * @param name 1 to 64 characters of {@code A-Z a-z 0-9 _ . : -}
     * @param generation 1 or more
     */
    public Fence(String name, long generation) {
        if (!name.matches("[A-Za-z0-9_.:-]{1,64}") || generation < 1) {
            throw new IllegalArgumentException(
                    "a fence has a name of 1 to 64 letters, digits and _ . : - and a generation of 1 or more");
        }
        this.name = name;
        this.generation = generation;
    }

    public String name() {
        return name;
    }

    public long generation() {
        return generation;
    }

    @Override
    protected List<?> parts() {
        return List.of(name, generation);
    }
}
